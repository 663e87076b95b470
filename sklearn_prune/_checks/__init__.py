"""The door: what may come in?"""
