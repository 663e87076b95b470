"""What do the errors say?"""
